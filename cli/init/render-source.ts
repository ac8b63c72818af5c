// Writes the integrations that no template holds: a sender whose events have no one meaning for an ERP, and which sales the payments of a
// project are for. Pure.

import { type SourceChoice, shops } from './catalogue.ts';
import type { OpenSender } from './open-senders.ts';

/** A source without routes: every event of it is verified, kept once and shown, and what it shall do is to be written. */
export function renderOpenSource(sender: OpenSender): string {
  const { title, file, value, variable, preset, says, url, credentials, isThin, page = file } = sender;
  const builder = isThin ? 'defineThinSource' : 'defineSource';
  const source = value.replace(/Events$/, '');
  const isSame = preset.use.split('(')[0] === source;
  const local = isThin || !isSame ? preset.name : `${preset.name} as ${preset.name}Preset`;
  const use = isThin || !isSame ? preset.use : preset.use.replace(preset.name, `${preset.name}Preset`);
  const members = [
    `id: '${file}',`,
    isThin ? '' : `preset: ${use},`,
    `secret: '${variable}',`,
    url === undefined ? '' : `url: '${url}',`,
    credentials === undefined ? '' : `credentials: ${toCode(credentials)},`,
    isThin ? `...${use},` : '',
  ];
  return `// ${title}: what comes is verified, kept once and shown; it does nothing in the ERP yet.
//
// ${says}
// Write it as a route below: one event type, one operation, and how the operation's input is read from the payload.
//
//   on(${source}, 'the.type').run(customerUpsert, {
//     id: 'upsert-customer',
//     target: erp,
//     subject: ({ payload }) => …,
//     version: ({ payload }) => …,
//     input: ({ payload }) => ({ customerId: …, name: … }),
//   }),
//
// The payloads are those of its documentation: give their types with withTopics. docs/senders/${page}.md, docs/integrations.md and
// docs/operations.md say the rest.

import { defineIntegration${isThin ? '' : ', defineSource'} } from '../core/define-integration.ts';
${isThin ? "import { defineThinSource } from '../core/define-thin-source.ts';\n" : ''}import { ${local} } from '../core/sources/${preset.module}.ts';
import { erp } from './erp-target.ts';

/** POST /hooks/${file} */
export const ${source} = ${builder}({
${members
  .filter((member) => member !== '')
  .map((member) => `  ${member}`)
  .join('\n')}
});

export const ${value} = defineIntegration({
  name: '${file}',
  sources: [${source}],
  targets: [erp],
  routes: [],
});
`;
}

function toCode(record: Readonly<Record<string, string>>): string {
  const members = Object.entries(record).map(([name, variable]) => `${name}: '${variable}'`);
  return `{ ${members.join(', ')} }`;
}

type Shop = keyof typeof shops;

function isShop(choice: SourceChoice): choice is SourceChoice & Shop {
  return Object.hasOwn(shops, choice);
}

/** In place of the template, where exactly one shop is chosen; else null. */
export function renderSales(sources: readonly SourceChoice[]): string | null {
  const [shop, ...others] = sources.filter(isShop);
  if (shop === undefined || others.length > 0) return null;
  const { source, placed, toId } = shops[shop];
  return `// The sales that payments are for: a payment runs in the line of its order, and waits for the sale.

import { type EventPrerequisite, on } from '../core/define-integration.ts';
import type { SourceDefinition } from '../core/relay-definition.ts';
import { ${toId === null ? source : `${source}, ${toId}`} } from './${shop}.ts';

/** What a payment waits for. */
export const salesBefore: readonly EventPrerequisite[] = [on(${source}, '${placed}')];

/** Where those sales come from. */
export const saleSources: readonly SourceDefinition[] = [${source}];

/** The ERP's id of an order, by what the checkout wrote into the payment. */
export const orderIdOf = (reference: string): string => ${toId === null ? 'reference' : `${toId}(reference)`};
`;
}
