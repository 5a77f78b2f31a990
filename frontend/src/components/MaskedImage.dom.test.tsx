// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { type DrawnMask, MaskedImage } from "./MaskedImage.tsx";

afterEach(cleanup);

const MASK: DrawnMask = { id: "1", path: "M0 0", color: "#000", text: "fig", textAt: { x: 0, y: 0 } };

it.each([
  ["tells of what was found in an image that the browser cannot show", [MASK], "notShownButFound"],
  ["claims nothing of an image that nobody could read", [], "notShown"],
])("%s", (_case, masks, words) => {
  const nothing = () => undefined;
  render(
    <MaskedImage
      url="blob:1"
      name="1.tif"
      masks={masks}
      masksLabel=""
      showsTexts={false}
      chosenId={null}
      onChoose={nothing}
      tools={null}
    />,
  );
  fireEvent.error(screen.getByAltText("1.tif"));
  expect(screen.queryByText(words)).not.toBeNull();
});
