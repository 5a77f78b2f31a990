import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "../locales/en/catalogue.ts";
import { isolated } from "./isolated.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: typeof en;
  }
}

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    defaultNS: "common",
    ns: Object.keys(en),
    resources: { en },
    // React escapes what it shows; names only need to keep their direction to themselves.
    interpolation: { escape: isolated },
  });
}
