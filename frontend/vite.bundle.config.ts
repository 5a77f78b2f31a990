import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";
import { bundledPackages } from "./bundledPackages.ts";

// For the bundle's bill of materials, and since many licences ask that their text goes along.
const packages = bundledPackages("packages.json");

/** The page of the offline model: a folder of its own that any web server can hand out, wherever it lies. */
export default defineConfig({
  root: "src/bundle",
  base: "./",
  publicDir: false,
  plugins: [react(), packages.ofPage],
  // The runtime finds its WebAssembly by the addresses that it is given, instead of carrying a copy of the glue.
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
  worker: { format: "es", plugins: () => [packages.ofWorkers] },
  build: {
    outDir: "../../../static/build.next/bundle", // vite.config.ts moves it into place
    emptyOutDir: true,
    assetsInlineLimit: 0,
  },
});
