import type { Role } from "../../api/types.ts";

/** From the most to the least that one may do. */
export const ROLES = ["Owner", "Admin", "Developer", "Labeler"] as const satisfies readonly Role[];
