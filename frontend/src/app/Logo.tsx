/** An outlined object with its points: what the tool draws all day. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path
        d="M12 3.5 20 8.2 18.2 18.4 9 20 4.4 10.6Z"
        fill="#56B4E9"
        fillOpacity=".28"
        stroke="var(--accent)"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
      <g fill="currentColor">
        <circle cx="12" cy="3.5" r="2.4" />
        <circle cx="20" cy="8.2" r="2.4" />
        <circle cx="18.2" cy="18.4" r="2.4" />
        <circle cx="9" cy="20" r="2.4" />
        <circle cx="4.4" cy="10.6" r="2.4" />
      </g>
    </svg>
  );
}
