// Sources: who may post, where, and how it is verified. Each leads to its set-up page.

import { Empty, Show, Table } from '../parts/parts.tsx';
import { linkTo } from '../route.ts';
import { useLoad } from '../use-load.ts';
import type { Source } from '../wire-relay.ts';

export function SourcesPage() {
  const loaded = useLoad<{ readonly sources: readonly Source[] }>('/admin/sources');
  return (
    <>
      <h1>Sources</h1>
      <Show loaded={loaded}>
        {({ sources }) =>
          sources.length === 0 ? (
            <Empty>Your key sees no source.</Empty>
          ) : (
            <Table
              caption="Sources"
              head={['Source', 'Posts to', 'Preset', 'Signature']}
              rows={sources.map(({ id, ingestPath, preset, scheme }) => ({
                key: id,
                cells: [
                  <a key="i" href={linkTo('sources', id)}>
                    {id}
                  </a>,
                  ingestPath === null ? 'nobody posts: an ERP is read' : <code key="p">{ingestPath}</code>,
                  preset,
                  scheme,
                ],
              }))}
            />
          )
        }
      </Show>
    </>
  );
}
