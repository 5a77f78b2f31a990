import { describe, expect, it } from "vitest";
import { endpointOf, LANGUAGES, sampleOf } from "./samples.ts";

const target = { origin: "http://box:8000", projectId: 7, modelName: "my model/ü" };

describe("samples", () => {
  it("name the project and the model as the address needs them", () => {
    expect(endpointOf(target)).toBe("http://box:8000/api/predict/7/my%20model%2F%C3%BC");
  });

  it.each(LANGUAGES.map(({ value }) => value))("in %s call the endpoint with the token's header", (language) => {
    const code = sampleOf(language, target);
    expect(code).toContain(endpointOf(target));
    expect(code).toContain("X-Auth-token");
    expect(code).toContain("application/octet-stream");
  });

  it("in Python show what the server says where it refuses", () => {
    expect(sampleOf("python", target)).toContain("if not answer.ok:\n    raise SystemExit(answer.text)");
  });
});
