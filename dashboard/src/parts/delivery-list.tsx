// Deliveries as rows of one height, of which only those in sight are in the page: ten thousand scroll as ten do.

import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { linkTo } from '../route.ts';
import type { Delivery } from '../wire.ts';
import { Badge, Time } from './parts.tsx';

/** As in style.css, px. */
const rowHeight = 64;
const phoneRowHeight = 104;
/** Drawn beyond both ends of what is in sight. */
const spareRows = 8;
/** How often ages are drawn anew, ms. */
const ageEveryMs = 5_000;

type ListProps = { readonly deliveries: readonly Delivery[]; readonly more: (() => void) | null };

export function DeliveryList({ deliveries, more }: ListProps) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const isSmall = useIsPhone();
  const height = isSmall ? phoneRowHeight : rowHeight;
  usePlaceKept(box, deliveries, height);
  useClock();
  const inSight = Math.ceil((box.current?.clientHeight ?? 800) / height);
  const first = Math.max(0, Math.floor(top / height) - spareRows);
  const last = Math.min(deliveries.length, first + inSight + 2 * spareRows);
  const isNearEnd = last >= deliveries.length - spareRows;
  useEffect(() => {
    if (isNearEnd && more !== null) more();
  }, [isNearEnd, more]);
  return (
    <div
      class="list"
      ref={box}
      tabIndex={0}
      role="region"
      aria-label="Deliveries"
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <ul style={{ height: `${deliveries.length * height}px` }}>
        {deliveries.slice(first, last).map((delivery, index) => (
          <li
            key={delivery.id}
            style={{ top: `${(first + index) * height}px` }}
            aria-setsize={more === null ? deliveries.length : -1}
            aria-posinset={first + index + 1}
          >
            <DeliveryRow delivery={delivery} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/**
 * Rows that come above what is in sight move nothing: who reads further down stays at the row they read. At the top they push, for
 * there the newest are what is looked at.
 */
function usePlaceKept(
  box: RefObject<HTMLDivElement | null>,
  deliveries: readonly Delivery[],
  height: number,
): void {
  const seen = useRef<{ readonly id: string | undefined; readonly offset: number }>({
    id: undefined,
    offset: 0,
  });
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return;
    const { id, offset } = seen.current;
    const index = id === undefined ? -1 : deliveries.findIndex((delivery) => delivery.id === id);
    if (index !== -1 && current.scrollTop > 0) {
      const top = index * height + offset;
      if (top !== current.scrollTop) current.scrollTop = top;
    }
  }, [deliveries, height]);
  // After each draw: the first row in sight, and how far it is scrolled out.
  useLayoutEffect(() => {
    const top = box.current?.scrollTop ?? 0;
    const index = Math.floor(top / height);
    seen.current = { id: deliveries[index]?.id, offset: top - index * height };
  });
}

/** Ages are drawn anew now and then, also where nothing changes. */
function useClock(): void {
  const [, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ageEveryMs);
    return () => clearInterval(timer);
  }, []);
}

export function DeliveryRow({ delivery }: { readonly delivery: Delivery }) {
  const { id, status, event, operation, target, code, reason, message } = delivery;
  const why = code ?? (status === 'succeeded' ? null : reason);
  return (
    <a class="row" href={linkTo('deliveries', id)}>
      <span class="row-status">
        <Badge word={status} />
      </span>
      <span class="row-main">
        <strong>{event.orderingKey}</strong> {event.type}
        <span class="quiet">
          {' '}
          {event.source} → {operation} at {target}
        </span>
      </span>
      <span class="row-why">
        {why === null ? '' : <strong>{why}</strong>}{' '}
        {status === 'succeeded'
          ? (delivery.document?.documentNumber ?? delivery.document?.documentId ?? '')
          : message}
      </span>
      <span class="row-time quiet">
        <Time at={delivery.receivedAt} />
      </span>
    </a>
  );
}

const phone = matchMedia('(max-width: 44rem)');

export function isPhone(): boolean {
  return phone.matches;
}

function useIsPhone(): boolean {
  const [isSmall, setSmall] = useState(phone.matches);
  useEffect(() => {
    const look = () => setSmall(phone.matches);
    phone.addEventListener('change', look);
    return () => phone.removeEventListener('change', look);
  }, []);
  return isSmall;
}
