// Structured log lines: one JSON object a line, `event` first, ids and facts after it. docs/logs.md lists them all.
// Never a body, a header value or a secret: what is passed in is logged as it is.

import type { Telemetry } from '../pipeline/ports.ts';

export function createTelemetry(): Telemetry {
  return {
    log: (level, event, fields) => {
      const line = JSON.stringify({ level, event, ...fields });
      if (level === 'error') console.error(line);
      else if (level === 'warn') console.warn(line);
      else console.log(line);
    },
  };
}
