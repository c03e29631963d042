// Whose keys the page manages: the one place that names the service. A choice
// of service, built from `providers()`, changes `connection` and `profile`.

import { KeyClient, provider } from '/keylatch/index.js';

/** What a client needs to know to reach the service. */
export const connection = { provider: 'keylatch', baseUrl: location.origin };

/** What the package knows of the service. */
export const profile = provider(connection.provider);

/** The environment variable that programs read the key from. */
export const variable = profile.env?.[0] ?? 'KEYLATCH_API_KEY';

/** A client that stands on the session cookie of the browser. */
export const cookieClient = () => new KeyClient(connection);

/** Signs in; the browser then holds the session cookie. */
export const signIn = (user, password) => KeyClient.signIn({ ...connection, user, password });
