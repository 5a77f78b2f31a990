/** Code that calls a model's endpoint, ready to run but for the token and the image's path. */

export interface SampleTarget {
  /** "https://host:8000", without a slash at the end. */
  origin: string;
  projectId: number;
  modelName: string;
}

export type SampleLanguage = "curl" | "python" | "javascript" | "java" | "csharp";

export const LANGUAGES: readonly { value: SampleLanguage; text: string }[] = [
  { value: "curl", text: "curl" },
  { value: "python", text: "Python" },
  { value: "javascript", text: "JavaScript" },
  { value: "java", text: "Java" },
  { value: "csharp", text: "C#" },
];

export function endpointOf({ origin, projectId, modelName }: SampleTarget): string {
  return `${origin}/api/predict/${projectId}/${encodeURIComponent(modelName)}`;
}

export function sampleOf(language: SampleLanguage, target: SampleTarget): string {
  return SAMPLES[language](endpointOf(target));
}

const SAMPLES: Record<SampleLanguage, (endpoint: string) => string> = {
  curl: (endpoint) => `TOKEN="your token"
IMAGE="image.jpg"

curl "${endpoint}" \\
  -H "X-Auth-token: $TOKEN" \\
  -H "Content-Type: application/octet-stream" \\
  --data-binary "@$IMAGE"`,

  python: (endpoint) => `import requests

token = "your token"

with open("image.jpg", "rb") as image:
    answer = requests.post(
        "${endpoint}",
        headers={"X-Auth-token": token, "Content-Type": "application/octet-stream"},
        data=image,
    )
if not answer.ok:
    raise SystemExit(answer.text)
for found in answer.json():
    print(found["label"], found["score"], (found["x0"], found["y0"], found["x1"], found["y1"]))`,

  javascript: (endpoint) => `<!DOCTYPE html>
<input type="file" id="image" accept="image/*">
<pre id="answer"></pre>
<script>
  const token = "your token";

  document.getElementById("image").onchange = async (event) => {
    const response = await fetch("${endpoint}", {
      method: "POST",
      headers: { "X-Auth-token": token, "Content-Type": "application/octet-stream" },
      body: event.target.files[0],
    });
    document.getElementById("answer").textContent = JSON.stringify(await response.json(), null, 2);
  };
</script>`,

  java: (endpoint) => `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

public class Predict {
    public static void main(String[] args) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("${endpoint}"))
            .header("X-Auth-token", "your token")
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofFile(Path.of("image.jpg")))
            .build();
        HttpResponse<String> answer =
            HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.body());
    }
}`,

  csharp: (endpoint) => `using System.Net.Http.Headers;

var client = new HttpClient();
client.DefaultRequestHeaders.Add("X-Auth-token", "your token");

var image = new ByteArrayContent(File.ReadAllBytes("image.jpg"));
image.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

var answer = await client.PostAsync("${endpoint}", image);
Console.WriteLine(await answer.Content.ReadAsStringAsync());`,
};
