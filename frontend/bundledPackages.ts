/** A file beside what is built that names every package in it, with its licence: also those in workers, which Vite leaves out. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

interface BundledPackage {
  name: string;
  version: string;
  /** As its package.json states it: an SPDX expression. */
  license: string | null;
  /** The text of its licence file. */
  text: string | null;
}

const LICENSE_FILE = /^(licen[sc]e|copying)/i;

/** The page's own plugin, and the one for its workers: `worker: { plugins: () => [ofWorkers] }`. */
export function bundledPackages(fileName: string): { ofPage: Plugin; ofWorkers: Plugin } {
  const found = new Map<string, BundledPackage>();
  const collect = (moduleIds: readonly string[]) => {
    for (const id of moduleIds) {
      if (id.startsWith("\0") || !id.includes("/node_modules/")) continue;
      const one = readPackage(dirname(id));
      found.set(`${one.name}@${one.version}`, one);
    }
  };
  return {
    ofWorkers: {
      name: "bundled-packages-of-workers",
      generateBundle: (_options, output) => {
        for (const file of Object.values(output)) if (file.type === "chunk") collect(file.moduleIds);
      },
    },
    // Workers are built while the page's modules are read, so this comes after them.
    ofPage: {
      name: "bundled-packages",
      generateBundle(_options, output) {
        for (const file of Object.values(output)) if (file.type === "chunk") collect(file.moduleIds);
        const sorted = [...found.keys()].sort().map((key) => found.get(key));
        this.emitFile({ type: "asset", fileName, source: JSON.stringify(sorted, null, 1) });
      },
    },
  };
}

/** The package that a folder belongs to: folders inside it may have a package.json without a name, for their module type. */
function readPackage(folder: string): BundledPackage {
  const path = join(folder, "package.json");
  const { name, version, license = null } = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  if (!name || !version) return readPackage(dirname(folder));
  const file = readdirSync(folder).find((one) => LICENSE_FILE.test(one));
  return { name, version, license, text: file ? readFileSync(join(folder, file), "utf8").trim() : null };
}
