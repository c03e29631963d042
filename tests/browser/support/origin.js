// Another origin: a web server that is not ours and serves the package beside an
// empty page, as an application would that was built with it.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';

const PACKAGE = new URL('../../../pkg/dist/', import.meta.url);

/** Starts it; its `url` is the origin. */
export async function startOrigin() {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://origin');
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>An application</title>');
      return;
    }
    try {
      const file = await readFile(new URL(`.${pathname}`, PACKAGE));
      const type = pathname.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
      response.setHeader('content-type', type).end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
