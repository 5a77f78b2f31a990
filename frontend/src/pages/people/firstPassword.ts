/** Letters and digits that are told apart when read out: no l, 1, I, O and 0. */
const ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 16; // 93 bits

/** A password by chance, for somebody who changes it after the first sign-in. */
export function firstPassword(): string {
  let password = "";
  while (password.length < LENGTH) {
    // Of six bits the numbers beyond the alphabet are thrown away, so that every letter is as likely.
    const number = (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) & 63;
    password += ALPHABET.charAt(number);
  }
  return password;
}
