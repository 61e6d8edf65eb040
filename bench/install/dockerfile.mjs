import { DockerfileParser } from 'dockerfile-ast';

/**
 * Reads the stages of a Dockerfile: for each its image, name, RUN and COPY steps with the environment and the folder at that
 * point, and the environment, folder, user and entry point at its end.
 */
export function readStages(content) {
  const stages = [];
  for (const instruction of DockerfileParser.parse(content).getInstructions()) {
    const keyword = instruction.getKeyword();
    const text = instruction.getArgumentsContent() ?? '';
    const words = instruction.getArguments().map((argument) => argument.getValue());
    const stage = stages.at(-1);
    switch (keyword) {
      case 'FROM':
        stages.push({
          image: words[0],
          name: instruction.getBuildStage() ?? undefined,
          steps: [],
          env: {},
          directory: '/',
          user: 'root',
          entryPoint: [],
        });
        break;
      case 'ENV':
        stage.env = {
          ...stage.env,
          ...Object.fromEntries(instruction.getProperties().map((one) => [one.getName(), one.getValue()])),
        };
        break;
      case 'WORKDIR':
        stage.directory = text;
        break;
      case 'USER':
        stage.user = text;
        break;
      case 'ENTRYPOINT':
        stage.entryPoint = JSON.parse(text);
        break;
      case 'RUN':
      case 'COPY': {
        const from =
          keyword === 'COPY'
            ? instruction
                .getFlags()
                .find((flag) => flag.getName() === 'from')
                ?.getValue()
            : undefined;
        const { env, directory, user } = stage;
        const step = { keyword, text: text.replaceAll(/\s*\\\n\s*/g, ' '), env, directory, user };
        stage.steps.push({ ...step, from, sources: words.slice(0, -1), target: words.at(-1) });
        break;
      }
    }
  }
  return stages;
}
