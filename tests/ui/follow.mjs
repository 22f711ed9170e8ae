// For the walks: a click, and the page that its answer brings.

/** Clicks, and goes on once the next page is there: a click by itself does not wait for an answer that takes its time. */
export async function follow(locator) {
  await Promise.all([locator.page().waitForNavigation(), locator.click()]);
}
