// The element in a page that is not ours: the plain HTML example.

import { DEMO } from './server.js';

/** The options of a scenario in that page. */
export const HTML = { plain: true, flags: ['--www', 'examples/element-html'] };

/** The session of the demo account, in the cookies of the browser, and the page with it. */
export async function signedIn(page, server) {
  await page.request.post(`${server.url}/v1/session`, { data: DEMO });
  await page.goto(server.url);
}
