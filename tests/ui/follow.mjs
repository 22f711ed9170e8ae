// For the walks: a click and the page that its answer brings; the code of an authenticator app.

import { createHmac } from "node:crypto";

/** Clicks, and goes on once the next page is there: a click by itself does not wait for an answer that takes its time. */
export async function follow(locator) {
  await Promise.all([locator.page().waitForNavigation(), locator.click()]);
}

/** What an authenticator app shows for a secret now (RFC 6238). */
export function codeOf(secret) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
