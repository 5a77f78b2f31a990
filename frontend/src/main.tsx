import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./styles/tokens.css";
import "./styles/base.css";
import { App } from "./app/App.tsx";
import { startI18n } from "./app/i18n.ts";
import { startSession } from "./app/session.ts";
import { startTheme } from "./app/theme.ts";

startTheme();
startSession();
await startI18n();

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
