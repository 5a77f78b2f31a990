import { useNavigate } from "react-router";

/** Go to where one came from, or to `home` where this page was the first one opened, perhaps by way of the sign-in. */
export function useGoBack(home: string): () => void {
  const navigate = useNavigate();
  return () => void (isFirstEntry() ? navigate(home) : navigate(-1));
}

/** The router numbers its entries of the browser's history; a page that replaces another keeps its number. */
function isFirstEntry(): boolean {
  const { idx } = (window.history.state ?? {}) as { idx?: number };
  return !idx;
}
