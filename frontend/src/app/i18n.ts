import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "../locales/en/catalogue.ts";

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
    // React escapes what it shows.
    interpolation: { escapeValue: false },
  });
}
