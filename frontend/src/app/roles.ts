import type { Role } from "../api/types.ts";

/** From the most to the least that one may do. */
export const ROLES = ["Owner", "Admin", "Developer", "Labeler"] as const satisfies readonly Role[];

/** Whether a role, undefined until it is known, is this one or more. */
export function isAtLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) <= ROLES.indexOf(least);
}

/** Those that somebody of this role may give and take: its own and the lesser ones. */
export function givenBy(role: Role): readonly Role[] {
  return ROLES.slice(ROLES.indexOf(role));
}
