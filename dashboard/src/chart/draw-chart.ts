// A line chart by uPlot, in a script of its own that is loaded where a chart is looked at. Draws what it is given in the colours of the
// page; says nothing: its words and its table stand beside it.

import uPlot from 'uplot';

export type ChartLine = {
  readonly name: string;
  /** A custom property of the style sheet, e.g. `--good`. */
  readonly colour: string;
  readonly values: readonly number[];
};

/** `times`: epoch seconds, rising; each line has as many values. */
export type ChartData = { readonly times: readonly number[]; readonly lines: readonly ChartLine[] };

export type Chart = { readonly update: (data: ChartData) => void; readonly end: () => void };

const height = 180;

export function drawChart(box: HTMLElement, first: ChartData): Chart {
  let data = first;
  let plot = create(box, data);
  const again = () => {
    plot.destroy();
    plot = create(box, data);
  };
  const resized = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height }));
  resized.observe(box);
  // The colours are the style sheet's: another theme is another chart.
  const themed = new MutationObserver(again);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', again);
  return {
    update: (next) => {
      data = next;
      plot.setData(toRows(next));
    },
    end: () => {
      resized.disconnect();
      themed.disconnect();
      scheme.removeEventListener('change', again);
      plot.destroy();
    },
  };
}

function create(box: HTMLElement, data: ChartData): uPlot {
  // light-dark() is resolved by a property that is used, not by the custom one.
  const probe = document.createElement('span');
  box.append(probe);
  const colourOf = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const [edge, quiet] = [colourOf('--edge'), colourOf('--quiet')];
  const axis = { stroke: quiet, grid: { stroke: edge, width: 1 }, ticks: { stroke: edge, width: 1 } };
  const series = data.lines.map(({ name, colour }) => ({
    label: name,
    stroke: colourOf(colour),
    width: 2,
    points: { show: false },
  }));
  probe.remove();
  return new uPlot(
    {
      ...{ width: box.clientWidth, height, legend: { show: false }, cursor: { show: false } },
      series: [{}, ...series],
      axes: [
        { ...axis, values: (_plot, times) => times.map(timeOfDay) },
        { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000], size: 44 },
      ],
      scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.1)] } },
    },
    toRows(data),
    box,
  );
}

/** As the reader's browser writes it. */
function timeOfDay(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString(undefined, { timeStyle: 'short' });
}

function toRows({ times, lines }: ChartData): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}
