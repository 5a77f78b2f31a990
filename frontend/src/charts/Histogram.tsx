/** Counts by bins, one kind on top of the other, with a table for readers. */
import { formatCount } from "../components/format.ts";
import { axisTop } from "./axisTop.ts";
import styles from "./Histogram.module.css";

export interface HistogramPart {
  name: string;
  /** A CSS custom property: "--ok". */
  color: string;
  counts: readonly number[];
}

interface HistogramProps {
  /** Read aloud, and the caption of the table. */
  label: string;
  /** What the bins are of, under the axis. */
  axis: string;
  /** One more than there are bins. */
  edges: readonly number[];
  parts: readonly HistogramPart[];
  formatEdge: (edge: number) => string;
  /** Edges without a text would be too many to read: every n-th has one. */
  edgeStep?: number;
  /** A bar that is far above all others is cut, with its count: else they are flat. */
  cutsHighest?: boolean;
}

export function Histogram({
  label,
  axis,
  edges,
  parts,
  formatEdge,
  edgeStep = 1,
  cutsHighest = false,
}: HistogramProps) {
  const bins = Array.from({ length: Math.max(0, edges.length - 1) }, (_, bin) => bin);
  const totals = bins.map((bin) => parts.reduce((sum, part) => sum + (part.counts[bin] ?? 0), 0));
  const top = cutsHighest ? axisTop(totals) : Math.max(1, ...totals);
  const nameOf = (bin: number) => `${formatEdge(edges[bin] ?? 0)} – ${formatEdge(edges[bin + 1] ?? 0)}`;
  const tell = (bin: number) =>
    [nameOf(bin), ...parts.map((part) => `${part.name}: ${formatCount(part.counts[bin] ?? 0)}`)].join("\n");
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.keys}>
        {parts.map((part) => (
          <span key={part.name} className={styles.key}>
            <i style={{ background: `var(${part.color})` }} /> {part.name}
          </span>
        ))}
        <span className={styles.highest}>{formatCount(top)}</span>
      </figcaption>
      <div className={styles.bars} aria-hidden="true">
        {totals.map((total, bin) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
          <div key={bin} className={styles.bin} title={tell(bin)}>
            {total > top && <span className={styles.cut}>{formatCount(total)}</span>}
            {parts.map((part) => {
              const share = (part.counts[bin] ?? 0) / Math.max(total, top);
              return <i key={part.name} style={{ height: `${share * 100}%`, background: `var(${part.color})` }} />;
            })}
          </div>
        ))}
      </div>
      <div className={styles.edges} aria-hidden="true">
        {edges.map((edge, place) => (
          <span key={edge}>{place % edgeStep === 0 ? formatEdge(edge) : ""}</span>
        ))}
      </div>
      <p className={styles.axis} aria-hidden="true">
        {axis}
      </p>
      <table className="visually-hidden">
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{axis}</th>
            {parts.map((part) => (
              <th key={part.name} scope="col">
                {part.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bins.map((bin) => (
            <tr key={bin}>
              <th scope="row">{nameOf(bin)}</th>
              {parts.map((part) => (
                <td key={part.name}>{formatCount(part.counts[bin] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
