// What the ERP says of itself: its version, the company, its currency, the modules that are on, and how far the books are
// closed. Reads only.

import { COMPANY_CURRENCY, ERP_AREAS, type Erp } from '../erp.ts';
import { closedThrough } from './periods.ts';

/** Rises with every change of what the API answers or demands. */
const ERP_VERSION = '1.1';

export function readCompany(erp: Erp) {
  return {
    ...{ name: 'Sandbox Company', currency: COMPANY_CURRENCY, version: ERP_VERSION },
    modules: ERP_AREAS.filter((area) => !erp.modulesOff.includes(area)),
    closedThrough: closedThrough(erp),
  };
}
