// The element in a page that is not ours, such as an example.

import { DEMO } from './server.js';

/** The options of a scenario in the page of a directory. */
export const inPage = (directory) => ({ plain: true, flags: ['--www', directory] });

/** The session of the demo account, in the cookies of the browser, and the page with it. */
export async function signedIn(page, server) {
  await page.request.post(`${server.url}/v1/session`, { data: DEMO });
  await page.goto(server.url);
}
