// What has the focus, in whatever shadow tree.

/** What a screen reader calls it. */
export async function focusName(page) {
  return page.evaluate(() => {
    let { activeElement: element } = document;
    while (element.shadowRoot?.activeElement) ({ activeElement: element } = element.shadowRoot);
    return element.getAttribute('aria-label') ?? (element.labels?.[0] ?? element).textContent.trim();
  });
}

/** Whether the element that a locator finds has it. */
export async function hasFocus(locator) {
  return locator.evaluate((element) => element.getRootNode().activeElement === element);
}
