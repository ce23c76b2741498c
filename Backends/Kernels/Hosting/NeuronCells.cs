using System.Runtime.InteropServices;
using Lepton.Neuro.Lanes;
using Lepton.Neuro.Random;

namespace Lepton.Neuro.Backends.Kernels;

/// <summary>All populations whose neurons have the same kernel.</summary>
sealed class NeuronCells<TKernel, TState, TInput, TMemory>(ulong seed) : Cells<TMemory>
    where TKernel : unmanaged, INeuronKernel<Scalar, TState, TInput>
    where TState : unmanaged
    where TInput : unmanaged
    where TMemory : struct, IDeviceMemory<TMemory>
{
    readonly List<(CompiledPopulation Plan, TKernel Kernel, int FirstThread)> members = [];
    int threads, images, stepThreads;
    bool owned;
    View<TState> states;
    View<int> sum;
    Func<Device<TMemory>, Launch> prepareStep = null!, prepareRest = null!, prepareChecksum = null!;
    Launch step = null!, rest = null!, checksum = null!;

    public void Add(CompiledPopulation plan, TKernel kernel)
    {
        members.Add((plan, kernel, threads));
        threads += (plan.Count + DevicePopulation.Block - 1) / DevicePopulation.Block * DevicePopulation.Block;
    }

    public override unsafe void Reserve(Layout<TMemory> layout)
    {
        var memory = layout.Memory;
        images = layout.Images.Count;
        Threads(threads);
        int receptors = members[0].Plan.Quanta.Count;
        var blocks = new int[threads / DevicePopulation.Block];
        var first = new TState[(long)threads * images];
        var populations = new List<DevicePopulation>();
        var quanta = new List<float>();
        var drives = new List<DeviceDrive>();
        var thresholds = new List<uint>();
        foreach (var (plan, kernel, start) in members)
        {
            blocks.AsSpan(start / DevicePopulation.Block, (plan.Count + DevicePopulation.Block - 1) / DevicePopulation.Block).Fill(populations.Count);
            int firstDrive = drives.Count;
            foreach (var drive in layout.Network.Drives.Where(d => ReferenceEquals(d.Description.To, plan.Description)))
            {
                drives.Add(new(
                    DeviceKey.Of(new(seed, RandomPurpose.Drive, drive.Description.Index)),
                    DeviceKey.Of(new(seed, RandomPurpose.DriveDither, drive.Description.Index)),
                    drive.Description.Receptor, drive.Quantized, thresholds.Count, drive.MostEvents));
                thresholds.AddRange(drive.ExactThresholds);
            }
            populations.Add(new(start, plan.Count, layout.FirstNeurons[plan.Index], layout.FirstSums[plan.Index], quanta.Count, firstDrive, drives.Count - firstDrive));
            quanta.AddRange(plan.Quanta);
            var stream = new RandomStream(seed, RandomPurpose.InitialState, plan.Index);
            for (int i = 0; i < plan.Count; i++)
            {
                uint one = Philox.Word(stream, (uint)i, 0, 0, 0), two = Philox.Word(stream, (uint)i, 1, 0, 0);
                first[start + i] = kernel.Initial(Scalar.Uniform(in one), LaneMath.NormalQuantile(Scalar.Uniform(in two)));
            }
        }
        for (int image = 1; image < images; image++) first.AsSpan(0, threads).CopyTo(first.AsSpan(image * threads));
        states = memory.Values(first);
        var places = memory.Values(blocks);
        var kernels = memory.Values([.. members.Select(m => m.Kernel)]);
        sum = memory.Zeros<int>(1);
        var inputs = memory.Zeros<TInput>((long)threads * images);
        int ahead = layout.ListsEmptied ? 0 : layout.StepsPerLaunch;
        layout.ListsEmptied = true;
        var (devicePopulations, deviceQuanta, deviceDrives, deviceThresholds) = (memory.Values([.. populations]), memory.Values([.. quanta]), memory.Values([.. drives]), memory.Values([.. thresholds]));
        if (Owners.Share(layout, members.ToDictionary(m => m.Plan.Index, m => m.FirstThread), threads) is { } rows)
        {
            int steps = layout.StepsPerLaunch, slots = populations.Max(p => p.Drives);
            var draws = new DrawnTogether<TMemory>(
                steps, slots, drives.Count, threads, rows.Owners, rows.Threads,
                memory.Zeros<uint>((long)images * steps * slots * (threads / 2)), memory.Zeros<uint>((long)images * rows.Owners * steps * drives.Count));
            owned = true;
            stepThreads = Threads((long)rows.Owners * layout.GroupSize);
            prepareStep = memory.GroupKernel("static delivery", "neurons", new StepOwners<TKernel, TState, TInput, TMemory> { Neurons = Neurons(draws), Rows = rows });
        }
        else
        {
            stepThreads = Threads(threads);
            prepareStep = memory.Kernel("neurons", Neurons(default(DrawnAlone<TMemory>)));
        }
        prepareRest = memory.Kernel("rest", new RestNeurons<TKernel, TState, TInput, TMemory> { Threads = threads, Blocks = places, Kernels = kernels, States = states });
        prepareChecksum = memory.Kernel("checksum", new Checksum<TMemory> { Words = states.As<int>(), Sum = sum });

        StepNeurons<TKernel, TState, TInput, TDraws, TMemory> Neurons<TDraws>(TDraws draws)
            where TDraws : struct, IDraws<TMemory> => new()
            {
                Receptors = receptors,
                Threads = threads,
                Ahead = ahead,
                Images = layout.Images,
                Blocks = places,
                Populations = devicePopulations,
                Kernels = kernels,
                States = states,
                Inputs = inputs,
                Quanta = deviceQuanta,
                Drives = deviceDrives,
                Thresholds = deviceThresholds,
                Draws = draws,
                Sums = layout.Sums,
                Spikes = layout.Spikes,
            };
    }

    public override void Prepare(Device<TMemory> device)
    {
        base.Prepare(device);
        (step, rest, checksum) = (prepareStep(device), prepareRest(device), prepareChecksum(device));
    }

    public override void Step(StepRange now) => step(stepThreads, now);

    public override void Deliver(StepRange now)
    {
        if (owned) step(stepThreads, now with { Steps = 0 });
    }

    public override void Begin(StepRange now) => rest(threads * images, now);

    public override unsafe int Checksum()
    {
        Device.Clear(sum);
        checksum(threads * images * sizeof(TState) / sizeof(int), default);
        Span<int> found = [0];
        Device.Download(sum, 0, found);
        return found[0];
    }

    public override unsafe (View<Scalar> States, long First, int Stride, long ImageStride) Potentials(CompiledPopulation population)
    {
        int stride = sizeof(TState) / sizeof(float);
        return (states.As<Scalar>(), (long)FirstThread(population) * stride, stride, (long)threads * stride);
    }

    public override unsafe void ReadState(CompiledPopulation population, int image, int variable, Span<float> values)
    {
        var lanes = MemoryMarshal.Cast<TState, float>(Download(population, image).AsSpan());
        int stride = sizeof(TState) / sizeof(float);
        for (int i = 0; i < values.Length; i++) values[i] = lanes[(i * stride) + variable];
    }

    public override unsafe void WriteState(CompiledPopulation population, int variable, ReadOnlySpan<float> values)
    {
        int stride = sizeof(TState) / sizeof(float);
        for (int image = 0; image < images; image++)
        {
            var all = Download(population, image);
            var lanes = MemoryMarshal.Cast<TState, float>(all.AsSpan());
            for (int i = 0; i < values.Length; i++) lanes[(i * stride) + variable] = values[i];
            Device.Upload<TState>(states, ((long)image * threads) + FirstThread(population), all);
        }
    }

    public override void Save(CheckpointWriter writer, CompiledPopulation population, string name) => Saved.Write<TState>(writer, name + "state", Download(population, 0));

    public override void Restore(CheckpointReader reader, CompiledPopulation population, string name)
    {
        var all = new TState[population.Count];
        Saved.Read(reader, name + "state", all.AsSpan());
        Device.Upload<TState>(states, FirstThread(population), all);
    }

    int Threads(long perImage) => (int)Require.InRange("the threads of a launch: neurons in blocks of 128, or groups, times the images", perImage * images, 0, int.MaxValue / 2);

    TState[] Download(CompiledPopulation population, int image)
    {
        var all = new TState[population.Count];
        Device.Download<TState>(states, ((long)image * threads) + FirstThread(population), all);
        return all;
    }

    int FirstThread(CompiledPopulation population) => members.Find(m => m.Plan.Index == population.Index).FirstThread;
}
