// The model of tests/guard/served.test.js for minutes.

import { test } from 'node:test';

import { FILE } from '../../limits.js';
import { agree } from '../support/random.js';

test('10,000 random requests at three processes and six guards are answered as the model answers them', { timeout: FILE }, (t) => agree(t, { requests: 10_000, processes: 3, seed: 7 }));
