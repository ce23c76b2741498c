namespace Lepton.Neuro.Encoders.Data;

/// <summary>A task of classification: images to learn from and images to be judged on.</summary>
/// <param name="Train">The images to learn from.</param>
/// <param name="Test">The images to be judged on; same size and classes.</param>
/// <param name="Name">A short name, such as <c>mnist</c> or <c>glyphs</c>.</param>
/// <param name="Description">One sentence for reports.</param>
public sealed record ImageData(ImageSet Train, ImageSet Test, string Name, string Description);
