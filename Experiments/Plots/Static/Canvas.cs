namespace Lepton.Neuro.Experiments.Plots.Static;

/// <summary>Paints a scene into pixels. Edges are smoothed by the part of a pixel that a shape covers.</summary>
internal sealed class Canvas
{
    readonly int width, height;
    readonly double scale;
    readonly float[] red, green, blue, mask;

    Canvas(Scene scene, double scale)
    {
        this.scale = scale;
        (width, height) = ((int)Math.Round(scene.Width * scale), (int)Math.Round(scene.Height * scale));
        (red, green, blue, mask) = (new float[width * height], new float[width * height], new float[width * height], new float[width * height]);
        Array.Fill(red, scene.Background.R);
        Array.Fill(green, scene.Background.G);
        Array.Fill(blue, scene.Background.B);
    }

    /// <summary>Paints a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="scale">Pixels of the file to a pixel of the scene; above 1 for sharp screens and print.</param>
    /// <returns>The content of a PNG file.</returns>
    public static byte[] Write(Scene scene, double scale)
    {
        var canvas = new Canvas(scene, scale);
        foreach (var mark in scene.Marks)
            canvas.Paint(mark);
        var pixels = new Rgba[canvas.red.Length];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = new(Byte(canvas.red[i]), Byte(canvas.green[i]), Byte(canvas.blue[i]));
        return PngWriter.Write(canvas.width, canvas.height, pixels);

        static byte Byte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
    }

    void Paint(Mark mark)
    {
        switch (mark)
        {
            case BoxMark box:
                Fill(box.Box, box.Fill, Clip(mark));
                break;
            case LineMark line:
                var places = line.Places.Select(Scaled).ToArray();
                foreach (var piece in line.Dashes is null ? [places] : Dashed(places, line.Dashes))
                    Stroke(piece, line.Width * scale, line.Colour, Clip(mark), isRound: line.Dashes is null);
                break;
            case PointsMark points:
                foreach (var place in points.Places)
                {
                    if (points.AreTicks)
                        Fill(new(place.X - 0.6, place.Y - points.Radius, 1.2, 2 * points.Radius), points.Colour, Clip(mark));
                    else
                        Stroke([Scaled(place)], 2 * points.Radius * scale, points.Colour, Clip(mark));
                }
                break;
            case TextMark words:
                foreach (var stroke in StrokeFont.Draw(words))
                    Stroke([.. stroke.Select(Scaled)], StrokeFont.LineWidth(words) * scale, words.Colour, Clip(mark));
                break;
            case ImageMark image:
                PaintImage(image, Clip(mark));
                break;
            default:
                throw new InvalidOperationException($"A {mark.GetType().Name} cannot be painted.");
        }
    }

    Place Scaled(Place place) => new(place.X * scale, place.Y * scale);

    (int Left, int Top, int Right, int Bottom) Clip(Mark mark)
    {
        if (mark.Clip is not { } clip)
            return (0, 0, width, height);
        int At(double value, int most) => (int)Math.Clamp(Math.Round(value * scale), 0, most);
        return (At(clip.X, width), At(clip.Y, height), At(clip.Right, width), At(clip.Bottom, height));
    }

    void Blend(int pixel, Rgba colour, float part)
    {
        part *= colour.A / 255f;
        red[pixel] += (colour.R - red[pixel]) * part;
        green[pixel] += (colour.G - green[pixel]) * part;
        blue[pixel] += (colour.B - blue[pixel]) * part;
    }

    void Fill(Box box, Rgba colour, (int Left, int Top, int Right, int Bottom) clip)
    {
        double left = box.X * scale, right = box.Right * scale, top = box.Y * scale, bottom = box.Bottom * scale;
        if (!(right > left && bottom > top) || colour.A == 0)
            return;
        var (firstX, lastX) = (Index(Math.Floor(left), clip.Left, clip.Right), Index(Math.Ceiling(right), clip.Left, clip.Right));
        var (firstY, lastY) = (Index(Math.Floor(top), clip.Top, clip.Bottom), Index(Math.Ceiling(bottom), clip.Top, clip.Bottom));
        for (var y = firstY; y < lastY; y++)
        {
            var down = Math.Min(bottom, y + 1) - Math.Max(top, y);
            for (var x = firstX; x < lastX; x++)
                Blend(y * width + x, colour, (float)((Math.Min(right, x + 1) - Math.Max(left, x)) * down));
        }
    }

    static int Index(double value, int least, int most) => double.IsNaN(value) ? least : (int)Math.Clamp(value, least, most);

    /// <summary>A line with round or flat ends. It is put together in a mask first, so that a transparent line does not darken at its joints.</summary>
    void Stroke(Place[] places, double lineWidth, Rgba colour, (int Left, int Top, int Right, int Bottom) clip, bool isRound = true)
    {
        // Thinner than a pixel, a line is a pixel wide and fainter.
        var radius = Math.Max(lineWidth, 1) / 2;
        var faint = (float)Math.Min(1, lineWidth);
        var (left, top, right, bottom) = (clip.Right, clip.Bottom, clip.Left, clip.Top);
        for (var i = 0; i < Math.Max(1, places.Length - 1); i++)
        {
            var (a, b) = (places[i], places[Math.Min(i + 1, places.Length - 1)]);
            if (!double.IsFinite(a.X + a.Y + b.X + b.Y))
                continue;
            var firstX = Index(Math.Floor(Math.Min(a.X, b.X) - radius - 1), clip.Left, clip.Right);
            var lastX = Index(Math.Ceiling(Math.Max(a.X, b.X) + radius + 1), clip.Left, clip.Right);
            var firstY = Index(Math.Floor(Math.Min(a.Y, b.Y) - radius - 1), clip.Top, clip.Bottom);
            var lastY = Index(Math.Ceiling(Math.Max(a.Y, b.Y) + radius + 1), clip.Top, clip.Bottom);
            var (dx, dy) = (b.X - a.X, b.Y - a.Y);
            var squared = dx * dx + dy * dy;
            var length = Math.Sqrt(squared);
            for (var y = firstY; y < lastY; y++)
            {
                // Only where the line passes this row: a long slanted line has a large box of mostly nothing.
                var (fromX, toX) = (firstX, lastX);
                if (Math.Abs(dy) > 1e-9 && Math.Abs(dx) > 4)
                {
                    double one = a.X + (y - radius - 1 - a.Y) / dy * dx, other = a.X + (y + radius + 2 - a.Y) / dy * dx;
                    fromX = Index(Math.Floor(Math.Min(one, other) - radius - 1), firstX, lastX);
                    toX = Index(Math.Ceiling(Math.Max(one, other) + radius + 1), firstX, lastX);
                }
                for (var x = fromX; x < toX; x++)
                {
                    var (px, py) = (x + 0.5 - a.X, y + 0.5 - a.Y);
                    var along = squared > 0 ? (px * dx + py * dy) / squared : 0;
                    var near = Math.Clamp(along, 0, 1);
                    var distance = Math.Sqrt((px - near * dx) * (px - near * dx) + (py - near * dy) * (py - near * dy));
                    var covered = Math.Clamp(radius + 0.5 - distance, 0, 1);
                    if (!isRound && squared > 0)
                        covered = Math.Min(covered, Math.Clamp(0.5 + Math.Min(along, 1 - along) * length, 0, 1));
                    mask[y * width + x] = Math.Max(mask[y * width + x], (float)covered);
                }
            }
            (left, top, right, bottom) = (Math.Min(left, firstX), Math.Min(top, firstY), Math.Max(right, lastX), Math.Max(bottom, lastY));
        }
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                var pixel = y * width + x;
                if (mask[pixel] > 0)
                {
                    Blend(pixel, colour, mask[pixel] * faint);
                    mask[pixel] = 0;
                }
            }
        }
    }

    IEnumerable<Place[]> Dashed(Place[] places, IReadOnlyList<double> dashes)
    {
        var (index, left, piece) = (0, dashes[0] * scale, new List<Place> { places[0] });
        for (var i = 1; i < places.Length; i++)
        {
            var (from, to) = (places[i - 1], places[i]);
            var length = Math.Sqrt((to.X - from.X) * (to.X - from.X) + (to.Y - from.Y) * (to.Y - from.Y));
            var done = 0.0;
            while (length - done > left)
            {
                done += left;
                var place = new Place(from.X + (to.X - from.X) * done / length, from.Y + (to.Y - from.Y) * done / length);
                piece.Add(place);
                if (index % 2 == 0)
                    yield return [.. piece];
                piece = [place];
                index = (index + 1) % dashes.Count;
                left = dashes[index] * scale;
            }
            left -= length - done;
            piece.Add(to);
        }
        if (index % 2 == 0 && piece.Count > 1)
            yield return [.. piece];
    }

    void PaintImage(ImageMark image, (int Left, int Top, int Right, int Bottom) clip)
    {
        double left = image.Box.X * scale, top = image.Box.Y * scale, across = image.Box.Width * scale, down = image.Box.Height * scale;
        var (firstX, lastX) = (Index(Math.Round(left), clip.Left, clip.Right), Index(Math.Round(left + across), clip.Left, clip.Right));
        var (firstY, lastY) = (Index(Math.Round(top), clip.Top, clip.Bottom), Index(Math.Round(top + down), clip.Top, clip.Bottom));
        for (var y = firstY; y < lastY; y++)
        {
            var row = Math.Clamp((int)((y + 0.5 - top) / down * image.Rows), 0, image.Rows - 1);
            for (var x = firstX; x < lastX; x++)
            {
                var column = Math.Clamp((int)((x + 0.5 - left) / across * image.Columns), 0, image.Columns - 1);
                Blend(y * width + x, image.Pixels[row * image.Columns + column], 1);
            }
        }
    }
}
