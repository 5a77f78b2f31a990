/** The page of an offline model: a picture in, its objects drawn over it. It knows no project, no account and no database. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../styles/tokens.css";
import "../styles/base.css";
import { startI18n } from "../app/i18n.ts";
import { startTheme } from "../app/theme.ts";
import { BundlePage } from "./BundlePage.tsx";

startTheme();
await startI18n();

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");
createRoot(root).render(
  <StrictMode>
    <BundlePage />
  </StrictMode>,
);
