// Entry of `npm start`: see bootstrap.mjs for how it gets from a bare clone to start.ts.
import { run } from './bootstrap.mjs';

await run('start.ts');
