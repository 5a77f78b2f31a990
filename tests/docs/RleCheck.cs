// Reads "height width counts" a line, and prints the mask's SHA-256 as bytes of 0 and 1, row by row.
using System;
using System.Security.Cryptography;

static class RleCheck
{
    static void Main()
    {
        for (string line = Console.ReadLine(); line != null; line = Console.ReadLine())
        {
            string[] words = line.Split(' ');
            int height = int.Parse(words[0]), width = int.Parse(words[1]);
            bool[,] mask = Rle.Decode(height, width, words[2]);
            var pixels = new byte[height * width];
            Buffer.BlockCopy(mask, 0, pixels, 0, pixels.Length);
            using (var sha256 = SHA256.Create())
                Console.WriteLine(BitConverter.ToString(sha256.ComputeHash(pixels)).Replace("-", "").ToLower());
        }
    }
}
