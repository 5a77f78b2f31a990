import react from "@vitejs/plugin-react";
import { build, type Plugin } from "vite";
import { defineConfig } from "vitest/config";

const SERVER = "http://127.0.0.1:8000";

/** Building empties static/build, so the offline model's page is built anew after it. */
const bundlePage: Plugin = {
  name: "bundle-page",
  apply: "build",
  closeBundle: async () => void (await build({ configFile: "vite.bundle.config.ts" })),
};

export default defineConfig(({ command }) => ({
  // The server hands out what is built here under /static/build/ and finds the names in the manifest.
  base: command === "build" ? "/static/build/" : "/",
  publicDir: false,
  plugins: [react(), bundlePage],
  build: {
    outDir: "../static/build",
    emptyOutDir: true,
    manifest: true,
    // Images and fonts stay files: a content security policy without data: URLs then suffices.
    assetsInlineLimit: 0,
    // The page of the REST API, which few open, is one large bundle.
    chunkSizeWarningLimit: 2_000,
    rollupOptions: { input: ["src/main.tsx", "src/docs.ts"] },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": SERVER, "/static": SERVER },
  },
  test: {
    include: ["src/**/*.test.{ts,tsx}"],
    environment: "node",
  },
}));
