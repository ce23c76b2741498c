namespace Lepton.Neuro.Experiments.Plots;

/// <summary>The spikes of a population, for a raster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">Its number of neurons; at least 1.</param>
/// <param name="Times">When each spike was, in milliseconds.</param>
/// <param name="Neurons">Which neuron it was, 0 to size - 1; as many as there are times.</param>
public sealed record RasterPopulation(string Name, int Size, ReadOnlyMemory<float> Times, ReadOnlyMemory<int> Neurons);
