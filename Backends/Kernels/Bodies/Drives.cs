using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>A Poisson drive on a device.</summary>
/// <param name="Halves">The key of the half words.</param>
/// <param name="Dither">The key of the thresholds' rounding.</param>
/// <param name="Receptor">The receptor.</param>
/// <param name="Quantized">What an event adds.</param>
/// <param name="First">The place of the first threshold.</param>
/// <param name="Count">How many thresholds there are.</param>
readonly record struct DeviceDrive(DeviceKey Halves, DeviceKey Dither, int Receptor, int Quantized, int First, int Count)
{
    /// <summary>The random number of a step that rounds its thresholds.</summary>
    public uint Chance(long step, ulong presentation) => Dither.Word(0, step, presentation) & 0xffff;

    /// <summary>The events of a neuron in a step, times what each adds: the definition is that of <see cref="CompiledDrive.Thresholds"/>.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="thresholds">All thresholds.</param>
    /// <param name="neuron">The neuron.</param>
    /// <param name="word">The random number of the neuron and its neighbour: a half word each.</param>
    /// <param name="chance">The step's.</param>
    public int Sum<TMemory>(TMemory memory, View<uint> thresholds, int neuron, uint word, uint chance)
        where TMemory : struct, IDeviceMemory<TMemory>
    {
        uint half = (neuron & 1) == 0 ? word & 0xffff : word >> 16;
        int events = 0;
        for (int i = 0; i < Count; i++)
        {
            uint threshold = TMemory.Read(memory, thresholds, First + i);
            uint rounded = (threshold >> 16) + (chance < (threshold & 0xffff) ? 1u : 0u);
            // Thresholds ascend: what this one is beyond, the others are too. One above 65535 is out of a half word's reach by itself.
            if (half < rounded) break;
            events++;
        }
        return events * Quantized;
    }
}

/// <summary>A neuron and a drive of it, in a step of a launch.</summary>
/// <param name="Image">The image.</param>
/// <param name="Own">The neuron's thread in its image.</param>
/// <param name="Neuron">Its number in its population.</param>
/// <param name="Drive">The place of the drive.</param>
/// <param name="Slot">Its number among the population's.</param>
/// <param name="Later">How many steps after the launch's first.</param>
readonly record struct DrivePlace(int Image, int Own, int Neuron, int Drive, int Slot, int Later);

/// <summary>Where the random numbers of drives come from.</summary>
interface IDraws<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    /// <summary>The random number of a neuron and its neighbour.</summary>
    uint Word(TMemory memory, DrivePlace place, DeviceDrive drive, long step, ulong presentation);

    /// <summary>The random number of the step.</summary>
    uint Chance(TMemory memory, DrivePlace place, DeviceDrive drive, long step, ulong presentation);
}

/// <summary>Each neuron's thread draws for itself.</summary>
readonly struct DrawnAlone<TMemory> : IDraws<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    public uint Word(TMemory memory, DrivePlace place, DeviceDrive drive, long step, ulong presentation) => drive.Halves.Word((uint)place.Neuron / 2, step, presentation);

    public uint Chance(TMemory memory, DrivePlace place, DeviceDrive drive, long step, ulong presentation) => drive.Chance(step, presentation);
}

/// <summary>A group of threads draws for all its neurons before they are stepped: one block of random numbers serves eight, and one number all of them.</summary>
/// <param name="Steps">How many steps a launch takes at most.</param>
/// <param name="Slots">How many drives a population has at most.</param>
/// <param name="Drives">How many there are in all.</param>
/// <param name="Threads">The neurons' threads of an image.</param>
/// <param name="Owners">The owners of an image.</param>
/// <param name="PerOwner">The neurons' threads of an owner.</param>
/// <param name="Words">A number for two threads.</param>
/// <param name="Chances">A number for a drive, each owner its own.</param>
readonly record struct DrawnTogether<TMemory>(int Steps, int Slots, int Drives, int Threads, int Owners, int PerOwner, View<uint> Words, View<uint> Chances) : IDraws<TMemory>
    where TMemory : struct, IDeviceMemory<TMemory>
{
    // Of the 64 words that a block of threads draws, a random block has four, 16 apart.
    const int Apart = 16, PerBlock = 4;

    public uint Word(TMemory memory, DrivePlace place, DeviceDrive drive, long step, ulong presentation) => TMemory.Read(memory, Words, WordAt(place.Image, place.Later, place.Slot, place.Own));

    public uint Chance(TMemory memory, DrivePlace place, DeviceDrive drive, long step, ulong presentation) =>
        TMemory.Read(memory, Chances, ChanceAt(place.Image, place.Own / PerOwner, place.Later, place.Drive));

    /// <summary>A thread's part of drawing for an owner.</summary>
    public void Draw(TMemory memory, int image, int owner, GroupThread thread, View<int> blocks, View<DevicePopulation> populations, View<DeviceDrive> drives, ulong presentation, StepRange now)
    {
        // The last threads have the least to deliver.
        int lane = thread.Size - 1 - thread.Lane, first = owner * PerOwner, end = Math.Min(first + PerOwner, Threads);
        for (int at = lane; at < (end - first) / (2 * PerBlock); at += thread.Size)
        {
            int own = first + (at / Apart * DevicePopulation.Block) + (at % Apart * 2);
            var population = TMemory.Read(memory, populations, TMemory.Read(memory, blocks, own / DevicePopulation.Block));
            for (int slot = 0; slot < population.Drives; slot++)
            {
                var key = TMemory.Read(memory, drives, population.FirstDrive + slot).Halves;
                for (int later = 0; later < now.Steps; later++)
                {
                    long step = now.Step + later, to = WordAt(image, later, slot, own);
                    var (a, b, c, d) = key.Words((uint)(own - population.FirstThread) / 2, step, presentation, Philox.Fourth(step, presentation));
                    TMemory.Write(memory, Words, to, a);
                    TMemory.Write(memory, Words, to + Apart, b);
                    TMemory.Write(memory, Words, to + (2 * Apart), c);
                    TMemory.Write(memory, Words, to + (3 * Apart), d);
                }
            }
        }
        for (int drive = lane; drive < Drives; drive += thread.Size)
        {
            for (int later = 0; later < now.Steps; later++) TMemory.Write(memory, Chances, ChanceAt(image, owner, later, drive), TMemory.Read(memory, drives, drive).Chance(now.Step + later, presentation));
        }
    }

    long WordAt(int image, int later, int slot, int own) => ((((((long)image * Steps) + later) * Slots) + slot) * (Threads / 2)) + (own / 2);

    long ChanceAt(int image, int owner, int later, int drive) => ((((((long)image * Owners) + owner) * Steps) + later) * Drives) + drive;
}
