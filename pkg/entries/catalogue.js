// keylatch/catalogue: the format of many services. Its import makes them known to checkKey,
// authHeaders, identifyKey and providers.

import { useCatalogue } from '../core/services.js';
import { exampleKey, keyKinds } from '../find/describe.js';
import { find, identify, ids } from '../find/known.js';

useCatalogue({ find, identify, ids });

export { exampleKey, keyKinds };
