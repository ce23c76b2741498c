namespace Lepton.Neuro.Plasticity.Gradients;

/// <summary>Makes layers: with <c>using static</c> a network reads <c>new Sequential(Input(28, 28, 1), Conv2D(6, 5), MaxPool(2), Flatten(), Dense(10))</c>.</summary>
/// <remarks>A number out of its range is an <see cref="InvalidInputException"/> that names the layer.</remarks>
public static class Layers
{
    /// <summary>Pictures.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="channels">Channels, at least 1.</param>
    /// <param name="steps">Time steps of a sample, at least 1.</param>
    public static InputLayer Input(int height, int width, int channels, int steps = 1) => new(new(steps, height, width, channels));

    /// <summary>Lines for one-dimensional convolutions.</summary>
    /// <param name="length">Places, at least 1.</param>
    /// <param name="channels">Channels, at least 1.</param>
    public static InputLayer Input(int length, int channels) => new(new(1, 1, length, channels));

    /// <summary>Vectors.</summary>
    /// <param name="features">Their length, at least 1.</param>
    public static InputLayer Input(int features) => new(SignalShape.Vector(features));

    /// <summary>Every input to every unit.</summary>
    /// <param name="units">Units, at least 1.</param>
    /// <param name="bias">Whether units have biases.</param>
    /// <param name="gain">The spread of the first weights, times the root of the inputs; the root of two suits ReLU.</param>
    /// <param name="name">A name.</param>
    public static DenseLayer Dense(int units, bool bias = true, double gain = Root2, string? name = null) => name is null ? new(units, bias, gain) : new(units, bias, gain) { Name = name };

    /// <summary>A convolution of pictures.</summary>
    /// <param name="filters">Channels that go out, at least 1.</param>
    /// <param name="kernel">Rows and columns of the kernel.</param>
    /// <param name="stride">The distance of neighbouring windows.</param>
    /// <param name="padding">Rows and columns of zeros around the picture: less than the kernel.</param>
    /// <param name="bias">Whether filters have biases.</param>
    /// <param name="gain">The spread of the first weights, times the root of a unit's inputs.</param>
    /// <param name="name">A name.</param>
    public static ConvolutionLayer Conv2D(int filters, int kernel, int stride = 1, int padding = 0, bool bias = true, double gain = Root2, string? name = null) =>
        name is null ? new(filters, kernel, kernel, stride, padding, bias, gain, false) : new(filters, kernel, kernel, stride, padding, bias, gain, false) { Name = name };

    /// <summary>A convolution of lines.</summary>
    /// <param name="filters">Channels that go out, at least 1.</param>
    /// <param name="kernel">Places of the kernel.</param>
    /// <param name="stride">The distance of neighbouring windows.</param>
    /// <param name="padding">Zeros at each end: less than the kernel.</param>
    /// <param name="bias">Whether filters have biases.</param>
    /// <param name="gain">The spread of the first weights, times the root of a unit's inputs.</param>
    /// <param name="name">A name.</param>
    public static ConvolutionLayer Conv1D(int filters, int kernel, int stride = 1, int padding = 0, bool bias = true, double gain = Root2, string? name = null) =>
        name is null ? new(filters, 1, kernel, stride, padding, bias, gain, true) : new(filters, 1, kernel, stride, padding, bias, gain, true) { Name = name };

    /// <summary>The greatest number of each window.</summary>
    /// <param name="size">Rows and columns of a window.</param>
    public static PoolLayer MaxPool(int size) => new(Pooling.Max, size);

    /// <summary>The mean of each window.</summary>
    /// <param name="size">Rows and columns of a window.</param>
    public static PoolLayer AvgPool(int size) => new(Pooling.Average, size);

    /// <summary>A vector of a picture.</summary>
    public static FlattenLayer Flatten() => new();

    /// <summary>Leaves numbers out at random while it is trained.</summary>
    /// <param name="probability">How often: 0 to 0.99.</param>
    public static DropoutLayer Dropout(double probability) => new(probability);

    /// <summary>Normalises each channel.</summary>
    public static BatchNormLayer BatchNorm() => new();

    /// <summary>Units that sum over synapses each of which answers to its own mixture of the inputs.</summary>
    /// <param name="units">Units, at least 1.</param>
    /// <param name="synapses">Synapses of a unit, at least 1.</param>
    /// <param name="readiness">How readily synapses change what they answer to.</param>
    /// <param name="gain">The spread of the first mixtures, times the root of the inputs.</param>
    public static SynapticLayer Synaptic(int units, int synapses = 8, double readiness = 1, double gain = 2) => new(units, synapses, readiness, gain);

    /// <summary><c>min(max(x, 0), ceiling)</c>, rounded to so many levels above zero: what a spiking neuron can say in as many steps. Gradients pass as if it were not rounded.</summary>
    /// <param name="levels">The levels, at least 1.</param>
    /// <param name="ceiling">The ceiling.</param>
    public static ActivationLayer QuantizedRelu(int levels, double ceiling = 1) => new(Activation.QuantizedRelu, ceiling, levels);

    /// <summary><c>max(x, 0)</c>.</summary>
    public static ActivationLayer Relu() => new(Activation.Relu, 1);

    /// <summary><c>min(max(x, 0), ceiling)</c>.</summary>
    /// <param name="ceiling">The ceiling.</param>
    public static ActivationLayer ClippedRelu(double ceiling = 1) => new(Activation.ClippedRelu, ceiling);

    /// <summary><c>1 / (1 + e^-x)</c>.</summary>
    public static ActivationLayer Sigmoid() => new(Activation.Sigmoid, 1);

    /// <summary><c>tanh x</c>.</summary>
    public static ActivationLayer Tanh() => new(Activation.Tanh, 1);

    /// <summary>Units that also hear themselves, one step late.</summary>
    /// <param name="activation">What they do.</param>
    /// <param name="gain">The spread of the first recurrent weights, times the root of the units.</param>
    public static RecurrentLayer Recurrent(Activation activation = Activation.Tanh, double gain = 1) => new(null, activation, gain);

    /// <summary>Spikes whose rate follows each number in [0, 1]: for the input.</summary>
    /// <param name="steps">Time steps.</param>
    public static RateCodeLayer RateCode(int steps) => new(steps);

    /// <summary>The same in every step: a constant current.</summary>
    /// <param name="steps">Time steps, at least 1.</param>
    public static SequenceLayer Repeat(int steps) => new((int)Require.InRange("layer 'repeat': the steps", (long)steps, 1, 1 << 16), null);

    /// <summary>The rows of a picture, one a step.</summary>
    /// <param name="threshold">From where on a number is a spike; null to leave it as it is.</param>
    public static SequenceLayer Rows(double? threshold = null) => new(0, threshold);

    /// <summary>Leaky integrate-and-fire neurons.</summary>
    /// <param name="leak">The part of the potential that is left after a step, in [0, 1].</param>
    /// <param name="threshold">The potential at which they fire.</param>
    /// <param name="reset">What a spike does to the potential.</param>
    /// <param name="gradient">How gradients go back; the defaults where null.</param>
    public static LifLayer Lif(double leak = 0.9, double threshold = 1, ResetMode reset = ResetMode.Subtract, SpikingGradient? gradient = null) => new(leak, threshold, reset, gradient ?? new());

    /// <summary>Leaky integrate-and-fire neurons with a synaptic current.</summary>
    /// <param name="membraneSteps">The time constant of the membrane, in steps.</param>
    /// <param name="synapseSteps">The time constant of the current, in steps.</param>
    /// <param name="threshold">The potential at which they fire.</param>
    /// <param name="gradient">How gradients go back; the defaults where null.</param>
    public static SynapticLifLayer SynapticLif(double membraneSteps = 10, double synapseSteps = 2, double threshold = 1, SpikingGradient? gradient = null) =>
        new(membraneSteps, synapseSteps, threshold, 0, 1, gradient ?? new());

    /// <summary>Leaky integrate-and-fire neurons with a synaptic current and a threshold that rises with each spike.</summary>
    /// <param name="membraneSteps">The time constant of the membrane, in steps.</param>
    /// <param name="synapseSteps">The time constant of the current, in steps.</param>
    /// <param name="threshold">The potential at which a neuron fires that has not fired lately.</param>
    /// <param name="increment">What a spike adds to the threshold, above 0.</param>
    /// <param name="adaptationSteps">The time constant of the threshold's decay, in steps.</param>
    /// <param name="gradient">How gradients go back; the defaults where null.</param>
    public static SynapticLifLayer AdaptiveLif(
        double membraneSteps = 10, double synapseSteps = 2, double threshold = 1, double increment = 0.2, double adaptationSteps = 50, SpikingGradient? gradient = null) =>
        new(membraneSteps, synapseSteps, threshold, Require.InRange("layer 'adaptive lif': the threshold's increment", increment, 1e-6, 1e6), adaptationSteps, gradient ?? new());

    /// <summary>Leaky integrate-and-fire neurons that also hear each other, one step late.</summary>
    /// <param name="leak">The part of the potential that is left after a step, in [0, 1].</param>
    /// <param name="threshold">The potential at which they fire.</param>
    /// <param name="reset">What a spike does to the potential.</param>
    /// <param name="gradient">How gradients go back; the defaults where null.</param>
    /// <param name="gain">The spread of the first recurrent weights, times the root of the neurons.</param>
    public static RecurrentLayer RecurrentLif(double leak = 0.9, double threshold = 1, ResetMode reset = ResetMode.Subtract, SpikingGradient? gradient = null, double gain = 0.5) =>
        new(Lif(leak, threshold, reset, gradient), Activation.Relu, gain);

    /// <summary>The mean over the steps: of spikes, the rate.</summary>
    /// <param name="gain">What it is multiplied by: a softmax wants numbers larger than rates.</param>
    public static ReadoutLayer Rate(double gain = 10) => new(Readout.Rate, gain, 0);

    /// <summary>The greatest potential of leaky integrators that do not fire.</summary>
    /// <param name="leak">The part of the potential that is left after a step.</param>
    /// <param name="gain">What it is multiplied by.</param>
    public static ReadoutLayer MaxMembrane(double leak = 0.9, double gain = 1) => new(Readout.MaxMembrane, gain, leak);

    /// <summary>The last potential of leaky integrators that do not fire.</summary>
    /// <param name="leak">The part of the potential that is left after a step; 1 for the sum.</param>
    /// <param name="gain">What it is multiplied by.</param>
    public static ReadoutLayer Last(double leak = 1, double gain = 1) => new(Readout.Last, gain, leak);

    /// <summary>How early the first spike came.</summary>
    /// <param name="gain">What it is multiplied by: a softmax wants numbers larger than 1.</param>
    public static ReadoutLayer FirstSpike(double gain = 10) => new(Readout.FirstSpike, gain, 0);

    const double Root2 = 1.4142135623730951;
}
