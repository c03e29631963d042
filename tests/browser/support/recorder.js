// A service that remembers what it was asked, and with what: as open to pages of
// other origins as a service can be, so that what does not reach it was held
// back on the other side.

import { once } from 'node:events';
import { createServer } from 'node:http';

/** Starts it. `answer(request)` gives `{ status, headers, body }`; without it every answer is an empty object. */
export async function startRecorder(answer = () => ({})) {
  const requests = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    requests.push({ method, url, headers });
    const open = {
      'access-control-allow-origin': headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
      // Each test sees its own preflights.
      'access-control-max-age': '0',
    };
    if (method === 'OPTIONS') return response.writeHead(204, open).end();
    const { status = 200, headers: more = {}, body = {} } = answer(request);
    request.resume();
    return response.writeHead(status, { ...open, 'content-type': 'application/json', ...more }).end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
