// Reads "height width counts" a line, and prints the mask's SHA-256 as bytes of 0 and 1, row by row.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

for (const line of readFileSync(0, "utf8").trimEnd().split("\n")) {
  const [height, width, counts] = line.split(" ");
  const mask = decodeRle({ size: [Number(height), Number(width)], counts });
  console.log(createHash("sha256").update(mask).digest("hex"));
}
