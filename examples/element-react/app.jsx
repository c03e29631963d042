// The keys of whoever is signed in, in React 19: properties and events of a custom element
// are written as those of any other.

import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'keylatch/element';

const SCOPES = [
  { name: 'meshes:read', description: 'Look at meshes' },
  { name: 'meshes:write', description: 'Upload and change meshes' },
];

export function Settings() {
  const [last, setLast] = useState('Nothing has happened yet.');
  const says = (action) => ({ detail }) => setLast(`${detail.key.name} was ${action}.`);
  return (
    <main>
      <h1>Settings</h1>
      <keylatch-keys
        base-url="/" provider="keylatch" scopes={SCOPES}
        onkeylatch-created={says('created')} onkeylatch-revoked={says('revoked')}
      >
        Loading your keys…
      </keylatch-keys>
      <p role="status">{last}</p>
    </main>
  );
}

// On a server there is no page: `renderToString(<Settings />)` gives the tag with its placeholder.
if (typeof document !== 'undefined') createRoot(document.getElementById('root')).render(<Settings />);
