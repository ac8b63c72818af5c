// Entry of `npm run audit:verify`: see bootstrap.mjs for how it gets from a bare clone to audit-verify.ts.
import { run } from './bootstrap.mjs';

await run('audit-verify.ts');
