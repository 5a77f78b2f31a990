/** Lines over time or steps, drawn by uPlot, with a mark, the values under the pointer, and a table for readers. */
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { classNames } from "../components/classNames.ts";
import styles from "./LineChart.module.css";
import { useThemeVersion } from "./useThemeVersion.ts";

export interface Line {
  name: string;
  /** A CSS custom property: "--accent". */
  color: string;
  /** One for each x; null leaves a gap. */
  values: readonly (number | null)[];
  dashed?: boolean;
}

interface LineChartProps {
  /** Read aloud, and the caption of the table. */
  label: string;
  xName: string;
  x: readonly number[];
  lines: readonly Line[];
  /** Where the red line stands. */
  markAt?: number | null;
  formatX: (x: number) => string;
  formatY: (y: number) => string;
  /** Distances that ticks of the x axis may have, least first; left out, uPlot's own. */
  xSteps?: readonly number[];
  /** Fixed ends of the y axis; left out, they follow the values. */
  yRange?: readonly [number, number];
  height?: number;
  compact?: boolean;
  /** Under the pointer, a line without a value there shows its last one before: lines of different places. */
  keepsValues?: boolean;
}

export function LineChart(props: LineChartProps) {
  const { label, x, lines, height = 220, compact = false } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [hovered, setHovered] = useState<number | null>(null);
  const theme = useThemeVersion();
  // uPlot's options are fixed at birth: what they depend on makes a new plot, new values only setData.
  const shape = lines.map((line) => `${line.name}${line.color}${line.dashed ?? false}`).join("|");

  // biome-ignore lint/correctness/useExhaustiveDependencies: shape and theme stand for what the options read
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const made = new uPlot(optionsOf(element, latest, height, compact, setHovered), dataOf(latest.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, theme, height, compact]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark is drawn anew with the data
  useEffect(() => {
    plot.current?.setData(dataOf(latest.current));
  }, [x, lines, props.markAt]);

  return (
    <figure className={styles.figure} aria-label={label}>
      <div ref={host} className={classNames(styles.plot, compact && styles.compact)} style={{ minHeight: height }} />
      {!compact && <Values {...props} index={hovered ?? x.length - 1} />}
      <TableTwin {...props} />
    </figure>
  );
}

/** The values under the pointer, else the newest; always there, so that nothing jumps. */
function Values({ x, lines, formatX, formatY, xName, index, keepsValues }: LineChartProps & { index: number }) {
  const at = x[index];
  return (
    <figcaption className={styles.values}>
      <span className={styles.value}>
        {xName} <b>{at === undefined ? "–" : formatX(at)}</b>
      </span>
      {lines.map((line) => {
        const value = keepsValues ? lastValue(line.values, index) : line.values[index];
        return (
          <span key={line.name} className={styles.value} data-line={line.name}>
            <i className={styles.key} style={{ background: `var(${line.color})` }} />
            {line.name} <b>{value === null || value === undefined ? "–" : formatY(value)}</b>
          </span>
        );
      })}
    </figcaption>
  );
}

function lastValue(values: Line["values"], index: number): number | undefined {
  return values.slice(0, index + 1).findLast((value) => value !== null) ?? undefined;
}

function TableTwin({ label, x, lines, formatX, formatY, xName }: LineChartProps) {
  // A table is as wide as its words whatever it is told, so it is the box around it that is hidden.
  return (
    <div className="visually-hidden">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{xName}</th>
            {lines.map((line) => (
              <th scope="col" key={line.name}>
                {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {x.map((at, row) => (
            <tr key={at}>
              <th scope="row">{formatX(at)}</th>
              {lines.map((line) => {
                const value = line.values[row];
                return <td key={line.name}>{value === null || value === undefined ? "" : formatY(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function dataOf({ x, lines }: LineChartProps): uPlot.AlignedData {
  return [[...x], ...lines.map((line) => [...line.values])] as uPlot.AlignedData;
}

function optionsOf(
  element: HTMLElement,
  latest: { readonly current: LineChartProps },
  height: number,
  compact: boolean,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const css = getComputedStyle(element);
  const color = (name: string) => css.getPropertyValue(name).trim();
  const font = `12px ${css.fontFamily}`;
  const axis = { stroke: color("--text-3"), font, ticks: { show: false }, gap: 6 };
  const grid = { stroke: color("--line"), width: 1 };
  const { lines, xSteps, yRange } = latest.current;
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    cursor: { show: !compact, y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: false }, y: yRange ? { range: [yRange[0], yRange[1]] } : { range: rangeFromZero } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        space: 72, // "1 min 30 s" and air
        ...(xSteps ? { incrs: () => [...(latest.current.xSteps ?? xSteps)] } : {}),
        values: (_, ticks) => ticks.map((tick) => latest.current.formatX(tick)),
      },
      { ...axis, grid, size: 44, values: (_, ticks) => ticks.map((tick) => latest.current.formatY(tick)) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.name,
        stroke: color(line.color),
        width: 2,
        spanGaps: true,
        ...(line.dashed ? { dash: [5, 4] } : {}),
        points: { show: latest.current.x.length < 3, size: 6 },
      })),
    ],
    hooks: {
      draw: [(plot) => drawMark(plot, latest.current.markAt, color("--best"))],
      setCursor: [(plot) => onHover(plot.cursor.idx ?? null)],
    },
  };
}

function drawMark(plot: uPlot, markAt: number | null | undefined, color: string): void {
  if (markAt === null || markAt === undefined) return;
  const { ctx, bbox } = plot;
  const left = Math.round(plot.valToPos(markAt, "x", true));
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(left, bbox.top);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** From 0 to a little above the highest value; a flat or missing line gets an axis too. */
function rangeFromZero(_: uPlot, _low: number | null, high: number | null): [number, number] {
  return [0, high === null || high <= 0 ? 1 : high * 1.08];
}
