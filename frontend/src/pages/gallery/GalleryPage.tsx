import { Outlet } from "react-router";
import { Page } from "../../app/Page.tsx";

export function GalleryPage() {
  return (
    <Page title="">
      <Outlet />
    </Page>
  );
}
