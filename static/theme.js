// Runs before the first paint, so that a page never flashes in the other theme. src/app/theme.ts keeps it afterwards.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("maskwright.theme");
  } catch {
    // Storage may be blocked; the system's choice is then the only one.
  }
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
