import i18next from "i18next";
import { expect, test } from "vitest";
import { startI18n } from "./i18n.ts";
import { isolated } from "./isolated.ts";
import { projectTitle } from "./projectTitle.ts";

test.each([
  ["Fruit", "Fruit"],
  ["Café 👩‍🌾", "Café 👩‍🌾"],
  ["תפוז", "\u2068תפוז\u2069"],
  ["تفاح", "\u2068تفاح\u2069"],
  ["\u202eevil", "evil"],
  ["תפוז\u2069", "\u2068תפוז\u2069"],
])("%j stands as %j in a sentence", (name, shown) => {
  expect(isolated(name)).toBe(shown);
});

test("titles and sentences keep their order behind a name from right to left", async () => {
  await startI18n();
  expect(projectTitle({ id: 2, name: "תפוז" })).toBe("\u2068תפוז\u2069 (2)");
  expect(i18next.t("members:titleOf", { name: "תפוז" })).toBe("Members of \u2068תפוז\u2069");
  expect(i18next.t("members:titleOf", { name: "Fig & <date>" })).toBe("Members of Fig & <date>");
});
