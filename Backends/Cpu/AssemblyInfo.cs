using System.Runtime.CompilerServices;

// What is allocated on the stack is written before it is read; clearing it first costs as much as a short run of synapses.
[module: SkipLocalsInit]
