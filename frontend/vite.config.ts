import { renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { build, type Plugin } from "vite";
import { defineConfig } from "vitest/config";

const SERVER = "http://127.0.0.1:8000";

const STATIC = fileURLToPath(new URL("../static", import.meta.url));
const BUILT = `${STATIC}/build`;
const NEXT = `${STATIC}/build.next`;
const REPLACED = `${STATIC}/build.replaced`;

/** A server that runs meanwhile hands out the last build until this one is whole: with the offline model's page. */
const replaceBuild: Plugin = {
  name: "replace-build",
  apply: "build",
  writeBundle: {
    sequential: true,
    order: "post",
    async handler() {
      await build({ configFile: "vite.bundle.config.ts" });
      remove(REPLACED);
      try {
        renameSync(BUILT, REPLACED);
      } catch {
        remove(BUILT); // there was none, or it came with a container's image, where folders cannot be moved
      }
      renameSync(NEXT, BUILT);
      remove(REPLACED);
    },
  },
};

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export default defineConfig(({ command }) => ({
  // The server hands out what is built here under /static/build/ and finds the names in the manifest.
  base: command === "build" ? "/static/build/" : "/",
  publicDir: false,
  plugins: [react(), replaceBuild],
  build: {
    outDir: NEXT,
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
    testTimeout: 60_000,
    setupFiles: ["src/propertyTests.ts"],
  },
}));
