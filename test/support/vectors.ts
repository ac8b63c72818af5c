// Where the published signature vectors of the senders are: beside the repository and not in it.
// Where they are absent the tests that need them say so in a line of their own instead of passing in silence.

import { resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

export const vectorsDirectory = resolve(repository, process.env.VECTORS_DIR ?? '../shared/vectors');
