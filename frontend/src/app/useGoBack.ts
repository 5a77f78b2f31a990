import { useLocation, useNavigate } from "react-router";

const FIRST_LOCATION = "default";

/** Go to where one came from, or to `home` where this page was the first one opened. */
export function useGoBack(home: string): () => void {
  const navigate = useNavigate();
  const { key } = useLocation();
  return () => void (key === FIRST_LOCATION ? navigate(home) : navigate(-1));
}
