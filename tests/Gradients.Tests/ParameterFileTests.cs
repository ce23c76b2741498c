using Lepton.Neuro.Plasticity.Gradients;
using static Lepton.Neuro.Plasticity.Gradients.Layers;

namespace Lepton.Neuro.Gradients.Tests;

public sealed class ParameterFileTests : IDisposable
{
    readonly string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));

    public void Dispose() => File.Delete(path);

    static Sequential Network(int classes, int units = 6) => new(Input(5, 7, 1), Conv2D(3, 3), BatchNorm(), Relu(), Flatten(), Dense(units), Relu(), Dense(classes, name: "answers"));

    void Save(Sequential network)
    {
        using var file = File.Create(path);
        ParameterFile.Write(network, file);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var network = Network(4);
        network.Initialize(7);
        Save(network);
        var other = Network(4);
        Assert.Empty(ParameterFile.Read(other, path));
        Assert.Equal(network.GetParameters(), other.GetParameters());
    }

    [Fact]
    public void Fine_tuning_goes_on_from_what_was_learned_and_leaves_frozen_layers_alone()
    {
        Samples samples = new(200, 35, 4, 1, 0.6), few = new(60, 35, 3, 2, 0.6);
        var trained = Network(4);
        using (var trainer = new Trainer(trained, new() { Epochs = 5, LearningRate = 0.01, Threads = 1 })) trainer.Fit(samples);
        Save(trained);
        var tuned = Network(3);
        tuned.Initialize(5);
        float[] drawn = [.. tuned.Layers[^1].Parameters[0].Values];
        Assert.Equal(["answers"], ParameterFile.Read(tuned, path).Select(l => l.Name));
        Assert.Equal(drawn, tuned.Layers[^1].Parameters[0].Values.ToArray());
        foreach (var layer in tuned.Layers.Take(3)) layer.Frozen = true;
        using (var trainer = new Trainer(tuned, new() { Epochs = 3, LearningRate = 0.01, Threads = 1 })) trainer.Fit(few);
        for (int i = 0; i < tuned.Layers.Count; i++)
        {
            for (int p = 0; p < tuned.Layers[i].Parameters.Count; p++)
            {
                Parameter a = trained.Layers[i].Parameters[p], b = tuned.Layers[i].Parameters[p];
                Assert.Equal(i < 3, a.Values.SequenceEqual(b.Values));
            }
        }
    }

    [Fact]
    public void A_checkpoint_is_of_what_is_frozen_too()
    {
        var samples = new Samples(40, 35, 4, 1);
        var options = new TrainingOptions { Epochs = 1, Threads = 1, Checkpoint = path };
        using (var trainer = new Trainer(Network(4), options)) trainer.Fit(samples);
        var frozen = Network(4);
        frozen.Layers[1].Frozen = true;
        using (var trainer = new Trainer(frozen, options)) Assert.Throws<InvalidInputException>(() => trainer.Fit(samples));
    }

    [Fact]
    public void What_is_not_sound_is_refused()
    {
        var network = Network(4);
        Save(network);
        byte[] good = File.ReadAllBytes(path);
        string Error(byte[] bytes, Sequential? into = null)
        {
            File.WriteAllBytes(path, bytes);
            string message = Assert.Throws<InvalidInputException>(() => ParameterFile.Read(into ?? Network(4), path)).Message;
            Assert.Contains(path, message, StringComparison.Ordinal);
            return message;
        }
        foreach (int length in new[] { 0, 7, 30, good.Length / 2, good.Length - 1 }) Error(good[..length]);
        byte[] altered = [.. good];
        altered[good.Length / 2] ^= 1;
        Assert.Contains("checksum", Error(altered), StringComparison.Ordinal);
        byte[] newer = [.. good];
        newer[8] = 9;
        Assert.Contains("newer", Error(newer), StringComparison.Ordinal);
        // A length that leads out of the file, under a checksum that is right.
        foreach (int at in new[] { 12, 16 })
        {
            byte[] longer = [.. good];
            longer[at + 3] = 0x7F;
            System.Security.Cryptography.SHA256.HashData(longer.AsSpan(0, longer.Length - 32)).CopyTo(longer.AsSpan(longer.Length - 32));
            Assert.Contains("length", Error(longer), StringComparison.Ordinal);
        }
        Assert.Contains("'only'", Error(good, new Sequential(Input(3), Dense(2, name: "'only'"))), StringComparison.Ordinal);
        File.Delete(path);
        Assert.Throws<InvalidInputException>(() => ParameterFile.Read(network, path));
    }
}
