// The switch of the live tail and how it stands. What it is switched to stands in the address, like the filter beside it.

import { go, linkTo, route } from '../route.ts';
import type { Tail } from './use-tail.ts';

const says: Readonly<Record<Tail['standing'], string>> = {
  live: 'changes appear as they happen',
  connecting: 'not connected; asked again every 4 s meanwhile',
  refused: 'the relay takes no more listeners; asked again every 4 s meanwhile',
  off: 'asked again every 4 s',
};

export function LiveSwitch({
  isLive,
  standing,
}: {
  readonly isLive: boolean;
  readonly standing: Tail['standing'];
}) {
  const turn = (isOn: boolean) => {
    const { page, id, query } = route.value;
    go(linkTo(page, id, { ...Object.fromEntries(query), live: isOn ? '' : 'off' }));
  };
  return (
    <div class="switch">
      <label>
        <input type="checkbox" checked={isLive} onChange={(event) => turn(event.currentTarget.checked)} />
        Live
      </label>
      <span class={`sign ${standing}`} aria-hidden="true" />
      <span class="quiet" role="status">
        {says[standing]}
      </span>
    </div>
  );
}
