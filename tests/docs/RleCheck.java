// Reads "height width counts" a line, and prints the mask's SHA-256 as bytes of 0 and 1, row by row.
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Scanner;

class RleCheck {
    public static void main(String[] arguments) throws Exception {
        Scanner lines = new Scanner(System.in, "UTF-8");
        while (lines.hasNextLine()) {
            String[] words = lines.nextLine().split(" ");
            int height = Integer.parseInt(words[0]), width = Integer.parseInt(words[1]);
            boolean[][] mask = Rle.decode(height, width, words[2]);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] row = new byte[width];
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) row[x] = (byte) (mask[y][x] ? 1 : 0);
                digest.update(row);
            }
            System.out.println(String.format("%064x", new BigInteger(1, digest.digest())));
        }
    }
}
